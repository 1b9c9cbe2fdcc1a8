package sckd.yaml;

import com.google.common.collect.Lists;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The reference page of a kind of file, in Markdown: a section for each mapping, a row for each key. */
final class ReferencePage {
    private final StringBuilder text = new StringBuilder();
    private final Set<Type<?>> met = new HashSet<>();

    private ReferencePage() {}

    /**
     * @param introduction whole lines, before the first section
     */
    static String text(String introduction, Section<?> file) {
        var page = new ReferencePage();
        page.text.append(introduction);
        page.add(file);
        return page.text.toString();
    }

    /** A value as it would stand in the file. */
    static String code(Object value) {
        return "`" + YamlFormat.inLine(value) + "`";
    }

    static String link(String title) {
        return "[" + title + "](#" + title + ")";
    }

    private void add(Type<?> type) {
        if (met.add(type)) {
            type.document(this);
            type.parts().forEach(this::add);
        }
    }

    <T> void section(String title, String meaning, List<Part<T, ?>> members) {
        text.append("\n## ").append(title).append("\n\n").append(meaning).append("\n\n");
        row(List.of("key", "type", "default", "meaning"));
        row(Collections.nCopies(4, "---"));
        members.forEach(member -> row(member.cells()));
        members.forEach(member -> member.offered().ifPresent(this::kinds));
    }

    private void kinds(Kinds<?> kinds) {
        text.append("\n");
        row(List.of("kind", "key", "type", "default", "meaning"));
        row(Collections.nCopies(5, "---"));
        kinds.sections().forEach((name, section) -> {
            row(List.of(code(name), "", "", "", section.meaning()));
            section.members()
                    .forEach(member -> row(Lists.asList("", member.cells().toArray(String[]::new))));
        });
    }

    private void row(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
