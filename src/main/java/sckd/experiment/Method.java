package sckd.experiment;

import java.util.List;
import java.util.Optional;

/**
 * What one method of an experiment has in place of the experiment's own; what is empty stays as it is.
 *
 * @param note for readers of its row in a table
 */
public record Method(
        Optional<StudentSpec> student, Changes changes, Optional<List<StageSpec>> stages, Optional<String> note) {
    public Method {
        stages = stages.map(List::copyOf);
    }

    Method withoutNote() {
        return new Method(student, changes, stages, Optional.empty());
    }
}
