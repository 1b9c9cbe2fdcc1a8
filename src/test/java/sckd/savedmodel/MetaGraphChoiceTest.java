package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.MetaGraphDef;
import sckd.UserException;

class MetaGraphChoiceTest {
    private static final List<String> SERVE = List.of("serve");
    private static final List<String> TRAIN = List.of("train");
    private static final List<String> SERVE_GPU = List.of("serve", "gpu");
    private static final List<String> NONE = List.of();

    static Stream<Arguments> plain() {
        return Stream.of(
                Arguments.of(List.of(TRAIN, SERVE), null, SERVE),
                Arguments.of(List.of(SERVE_GPU, SERVE), null, SERVE),
                Arguments.of(List.of(TRAIN, SERVE_GPU), null, SERVE_GPU),
                Arguments.of(List.of(TRAIN), null, TRAIN),
                Arguments.of(List.of(TRAIN, SERVE), TRAIN, TRAIN),
                Arguments.of(List.of(SERVE, SERVE_GPU), List.of("gpu", "serve"), SERVE_GPU),
                Arguments.of(List.of(TRAIN, NONE), NONE, NONE));
    }

    @ParameterizedTest
    @MethodSource
    void plain(List<List<String>> held, List<String> stated, List<String> chosen) {
        assertThat(MetaGraphChoice.tags(choose(held, stated))).isEqualTo(chosen);
    }

    @Test
    void theOnlyOneIsToldOfUnlessItServesOrIsStated() {
        assertThat(MetaGraphChoice.findNote(metaGraph(TRAIN), Optional.empty()))
                .contains("No meta graph has the tag 'serve'; the only one, [train], is used.");
        assertThat(MetaGraphChoice.findNote(metaGraph(TRAIN), Optional.of(TRAIN)))
                .isEmpty();
        assertThat(MetaGraphChoice.findNote(metaGraph(SERVE_GPU), Optional.empty()))
                .isEmpty();
    }

    @Test
    void severalAreListed() {
        assertRefused(
                List.of(SERVE_GPU, List.of("serve", "tpu")),
                null,
                "model: which meta graph to use is open; it holds [serve, gpu], [serve, tpu]: state `tags` of one of them");
        assertRefused(
                List.of(NONE, TRAIN),
                null,
                "model: which meta graph to use is open; it holds [], [train]: state `tags` of one of them");
        assertRefused(
                List.of(SERVE, SERVE_GPU),
                List.of("gpu"),
                "model: no meta graph has exactly the tags [gpu]; it holds [serve], [serve, gpu]: state `tags` of one of them");
    }

    private static void assertRefused(List<List<String>> held, List<String> stated, String message) {
        assertThatThrownBy(() -> choose(held, stated))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }

    private static MetaGraphDef choose(List<List<String>> held, List<String> stated) {
        var metaGraphs = held.stream().map(MetaGraphChoiceTest::metaGraph).toList();
        return MetaGraphChoice.choose(Path.of("model"), metaGraphs, Optional.ofNullable(stated));
    }

    private static MetaGraphDef metaGraph(List<String> tags) {
        return MetaGraphDef.newBuilder()
                .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addAllTags(tags))
                .build();
    }
}
