package sckd.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Preconditions;
import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import sckd.UserException;

class YamlFormatTest {
    /** What a garden grows. */
    private sealed interface Plant {}

    private record Tree(int age) implements Plant {}

    private record Grass() implements Plant {}

    private record Garden(
            String name, float width, Optional<Boolean> fenced, List<Plant> plants, Map<String, Integer> tools) {
        Garden {
            Preconditions.checkArgument(width > 0, "width is %s; expected more than 0", width);
        }
    }

    private static final Section<Plant> PLANT = Section.of(Plant.class, "plant", "Grows.", keys -> {
        var kinds = new Kinds<Plant>(
                "plant",
                ImmutableMap.of(
                        "tree",
                        Section.kind(Tree.class, "Tall.", tree -> {
                            var age = tree.optional("age", NumberType.WHOLE, 1, Tree::age, "In years.");
                            return values -> new Tree(values.get(age));
                        }),
                        "grass",
                        Section.kind(Grass.class, "Green.", grass -> values -> new Grass())));
        var kind = keys.kind(kinds, Function.<Plant>identity());
        return values -> values.get(kind);
    });

    private static final YamlFormat<Garden> GARDENS = new YamlFormat<>(
            Section.of(Garden.class, "garden", "A garden.", keys -> {
                var name = keys.required("name", TextType.TEXT, Garden::name, "Its name.");
                var width = keys.optional(
                        "width", NumberType.FLOAT.within(Range.above(0)), 0.1f, Garden::width, "In metres.");
                var fenced = keys.maybe("fenced", new FlagType(), Garden::fenced, "Whether there is a fence.");
                var plants = keys.optional("plants", new ListType<>(PLANT), List.of(), Garden::plants, "What grows.");
                var tools = keys.optional(
                        "tools", new MapType<>("^[a-z]*$", NumberType.WHOLE), Map.of(), Garden::tools, "How many.");
                return values -> new Garden(
                        values.get(name), values.get(width), values.get(fenced), values.get(plants), values.get(tools));
            }),
            "width=3");

    private static Garden read(String text, String... overrides) {
        return GARDENS.read(text, "garden.yaml", List.of(overrides));
    }

    @Test
    void readsWhatStandsThereAndFillsInTheRest() {
        assertThat(read("name: small")).isEqualTo(new Garden("small", 0.1f, Optional.empty(), List.of(), Map.of()));
        assertThat(read("{name: x, width: 2e1, fenced: true, plants: [grass, {kind: tree, age: 9}], tools: {rake: 2}}"))
                .isEqualTo(
                        new Garden("x", 20, Optional.of(true), List.of(new Grass(), new Tree(9)), Map.of("rake", 2)));
    }

    @Test
    void writesDefaultsToo() {
        assertThat(GARDENS.write(read("{name: small, plants: [tree]}")))
                .isEqualTo(
                        """
                        name: small
                        width: 0.1
                        plants:
                        - {kind: tree, age: 1}
                        tools: {}
                        """);
    }

    @Test
    void overridesChangeWhatTheTextSays() {
        assertThat(read("{name: x, plants: [{kind: tree}]}", "plants[0].age=7", "tools.rake=1"))
                .isEqualTo(new Garden("x", 0.1f, Optional.empty(), List.of(new Tree(7)), Map.of("rake", 1)));
    }

    @Test
    void tellsAllFaultsOfTextAndOverridesAtOnce() {
        assertThatThrownBy(() -> read("nam: x\nwidth: wide\nplants:\n- bush\n", "width", "tools.rake=no"))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        """
                        garden.yaml:1: nam: unknown key; nearest: name
                        garden.yaml:1: name: missing; expected text
                        garden.yaml:2: width: is 'wide'; expected a number
                        garden.yaml:4: plants[0].kind: unknown plant 'bush'; known: grass, tree
                        --set width: expected key=value, such as width=3
                        --set tools.rake: is 'no'; expected a whole number""");
    }

    @Test
    void whatTheRecordRefusesStandsWhereItsKeyStands() {
        assertThatThrownBy(() -> read("name: x\nwidth: 0\n"))
                .isInstanceOf(UserException.class)
                .hasMessage("garden.yaml:2: width is 0.0; expected more than 0");
    }

    @Test
    void thePageHasARowForEachKey() {
        assertThat(GARDENS.referencePage("# Gardens\n"))
                .isEqualTo(
                        """
                        # Gardens

                        ## garden

                        A garden.

                        | key | type | default | meaning |
                        | --- | --- | --- | --- |
                        | `name` | text | required | Its name. |
                        | `width` | number (more than 0) | `0.1` | In metres. |
                        | `fenced` | true or false | none | Whether there is a fence. |
                        | `plants` | list: [plant](#plant) | `[]` | What grows. |
                        | `tools` | mapping: name to whole number | `{}` | How many. |

                        ## plant

                        Grows.

                        | key | type | default | meaning |
                        | --- | --- | --- | --- |
                        | `kind` | `tree`, `grass` | required | Which plant: see the next table. |

                        | kind | key | type | default | meaning |
                        | --- | --- | --- | --- | --- |
                        | `tree` |  |  |  | Tall. |
                        |  | `age` | whole number | `1` | In years. |
                        | `grass` |  |  |  | Green. |
                        """);
    }
}
