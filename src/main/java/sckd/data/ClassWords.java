package sckd.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;

/** Words for classes that are named by numbers, from {@code words.txt}: a line is the class's directory, a tab and its words. */
final class ClassWords {
    private ClassWords() {}

    /** The words of these classes, in their order; of one without, its own name. */
    static List<String> read(Path root, List<String> names) throws IOException {
        var file = root.resolve("words.txt");
        if (!Files.isRegularFile(file)) {
            return names;
        }
        var words = new HashMap<String, String>();
        for (var line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                words.put(line.substring(0, tab), line.substring(tab + 1).strip());
            }
        }
        return names.stream().map(name -> words.getOrDefault(name, name)).toList();
    }
}
