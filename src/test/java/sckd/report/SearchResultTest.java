package sckd.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import sckd.report.SearchResult.Tried;

class SearchResultTest {
    @Test
    void aShellTakesTheBestAsItIsPrinted() {
        var values = ImmutableMap.of("losses.a.temperature", "{from: 1, to: 4}", "losses.a.weight", ".3");
        var result = new SearchResult(100, 1, List.of(new Tried("BLKD-1", values, .5, 2)));
        assertThat(result.render())
                .endsWith("\n\nthe best: --set 'losses.a.temperature={from: 1, to: 4}' --set losses.a.weight=.3");
    }
}
