package sckd.cli;

import java.util.List;
import java.util.Locale;
import sckd.report.TextTable;
import sckd.zoo.Zoo;
import sckd.zoo.ZooEntry;

/**
 * What {@code sckd create --list} prints; as JSON in these names.
 *
 * @param image height, width, channels
 * @param imageTooSmallFor names of the architectures that are left out
 * @param forms of names that numbers go into: there are more architectures than are listed
 */
record ZooReport(
        int classes,
        List<Integer> image,
        List<ZooEntry> architectures,
        List<String> imageTooSmallFor,
        List<String> forms) {
    static ZooReport of(int classes, ImageShape image) {
        var entries = Zoo.list(classes, image.sizes());
        var listed = entries.stream().map(ZooEntry::name).toList();
        var others = Zoo.names().stream().filter(name -> !listed.contains(name)).toList();
        return new ZooReport(classes, image.sizes(), entries, others, Zoo.rules());
    }

    String text() {
        var rows = architectures.stream()
                .map(entry -> List.of(entry.name(), count(entry.parameters()), count(entry.multiplyAdds())))
                .toList();
        var table = new TextTable(List.of("architecture", "parameters", "multiply-adds"), rows).render();
        var basis = "\nFor %d classes; multiply-adds for one image of %dx%dx%d."
                .formatted(classes, image.get(0), image.get(1), image.get(2));
        return table + basis + leftOut() + wrapped("Names have these forms: " + String.join("; ", forms) + ".");
    }

    private String leftOut() {
        return imageTooSmallFor.isEmpty()
                ? ""
                : wrapped("Such an image is too small for " + String.join(", ", imageTooSmallFor) + ".");
    }

    private static String wrapped(String sentence) {
        return "\n" + String.join("\n", new HangingText("", 0).lines(sentence));
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
