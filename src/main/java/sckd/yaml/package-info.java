/**
 * Declared keys of a YAML file: reading with the line of each value and all faults at once, overrides, writing back, a reference page, a JSON
 * Schema. Knows nothing of experiments.
 *
 * <p>A {@link sckd.yaml.Section} is the one declaration of a mapping: names, types, defaults and meaning of its keys and the record that they make.
 * A {@link sckd.yaml.YamlFormat} is all that is done with the section of a whole file: {@code YamlParser} makes values with their lines,
 * {@code Overrides} applies {@code --set}, the section makes the record. Values are checked by the records that hold them; the file's place is put
 * before their message.
 */
package sckd.yaml;
