package sckd.cli;

import static com.google.common.base.Strings.padEnd;

import com.google.common.base.Joiner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sckd.data.Normalization;

/** Writes an {@link InspectReport} for people, in 80 columns where the model's names allow it. */
final class InspectText {
    private static final String MARGIN = "  ";
    private static final int LABEL = 17;
    /** Names longer than this do not widen their column. */
    private static final int WIDEST_NAME = 48;

    private static final int WIDTH_OF_DTYPE = 7;
    private static final int MOST_OPS = 12;

    private final InspectReport report;
    private final List<String> lines = new ArrayList<>();

    private InspectText(InspectReport report) {
        this.report = report;
    }

    static String of(InspectReport report) {
        return new InspectText(report).write();
    }

    private String write() {
        lines.add(report.model());
        row("accepted", report.accepted() ? "yes" : "no");
        rows("fault", report.faults());
        card();
        if (report.chosen() != null) {
            chosen(report.chosen());
        }
        row("parameters", parameters());
        row("multiply-adds", report.multiplyAdds() == null ? null : count(report.multiplyAdds()) + " for one image");
        row("logits", report.logits());
        row("batch norms", batchNorms());
        ops("no gradient", report.withoutGradient());
        ops("not allowed", report.notAllowed());
        rows("note", report.notes());
        report.signatures().forEach(this::signature);
        features();
        return String.join("\n", lines);
    }

    private void row(String label, String text) {
        lines.addAll(new HangingText(MARGIN + label, LABEL).lines(text == null ? "unknown" : text));
    }

    private void rows(String label, List<String> texts) {
        texts.forEach(text -> row(label, text));
    }

    private void ops(String label, List<String> ops) {
        if (ops == null) {
            row(label, null);
            return;
        }
        if (ops.isEmpty()) {
            row(label, "none");
        }
        rows(label, ops.stream().limit(MOST_OPS).toList());
        if (ops.size() > MOST_OPS) {
            row(label, "and %d more (--json lists all)".formatted(ops.size() - MOST_OPS));
        }
    }

    private void card() {
        if (!report.origin().isEmpty()) {
            row("origin", report.origin());
        }
        if (report.mean() != null) {
            row(
                    "input scaling",
                    "%smean %s, std %s"
                            .formatted(
                                    scale(),
                                    Joiner.on(',').join(report.mean()),
                                    Joiner.on(',').join(report.std())));
        }
        if (!report.classes().isEmpty()) {
            row("classes", report.classes().size() + ": " + String.join(", ", report.classes()));
        }
    }

    /** Said only where it is not 1/255. */
    private String scale() {
        var scale = report.chosen() == null ? null : report.chosen().scale();
        return scale == null || scale == Normalization.FULL_RANGE ? "" : "scale " + scale + ", ";
    }

    private void chosen(InspectReport.Chosen chosen) {
        row("tags", chosen.tags().isEmpty() ? "none" : String.join(", ", chosen.tags()));
        optional("images go to", chosen.input());
        optional("output", chosen.output());
        optional("resized to", chosen.size() == null ? null : Joiner.on('x').join(chosen.size()));
        optional("layout", chosen.layout());
        optional("channel order", chosen.channels());
    }

    private void optional(String label, String text) {
        if (text != null) {
            row(label, text);
        }
    }

    private String parameters() {
        return report.parameters() == null
                ? null
                : "%s, of which %s are trainable"
                        .formatted(count(report.parameters()), count(report.trainableParameters()));
    }

    private String batchNorms() {
        if (report.batchNorms() == null) {
            return null;
        }
        int fused = report.batchNorms().fused().size();
        int decomposed = report.batchNorms().decomposed().size();
        return fused + decomposed == 0 ? "none" : "%d fused, %d decomposed".formatted(fused, decomposed);
    }

    private void signature(InspectReport.Signature signature) {
        lines.add("");
        boolean isUsed = signature.name().equals(report.signature());
        lines.add("signature %s%s".formatted(signature.name(), isUsed ? " (the one that is used)" : ""));
        row("method", signature.method());
        int width = width(report.portNames());
        signature.inputs().forEach(port -> port("input", port, width));
        signature.outputs().forEach(port -> port("output", port, width));
    }

    private void port(String label, InspectReport.Port port, int width) {
        lines.add(padEnd(MARGIN + label, LABEL, ' ')
                + padEnd(port.name(), width, ' ')
                + MARGIN
                + padEnd(port.dtype(), WIDTH_OF_DTYPE, ' ')
                + MARGIN
                + port.shape());
    }

    private void features() {
        lines.add("");
        if (report.features().isEmpty()) {
            lines.add("layers that can serve as features: none found");
            return;
        }
        lines.add("layers that can serve as features");
        int width = width(
                report.features().stream().map(InspectReport.Feature::name).toList());
        report.features()
                .forEach(feature -> lines.add(MARGIN + padEnd(feature.name(), width, ' ') + MARGIN + feature.shape()));
    }

    private static int width(List<String> names) {
        return names.stream()
                .mapToInt(String::length)
                .filter(length -> length <= WIDEST_NAME)
                .max()
                .orElse(WIDEST_NAME);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
