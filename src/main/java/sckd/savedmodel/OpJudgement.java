package sckd.savedmodel;

import java.util.List;
import sckd.UserException;

/** Judges all that a model can make TensorFlow run: its own program, and what loaders run of it. */
final class OpJudgement {
    private OpJudgement() {}

    /**
     * @param program what is used of the model
     * @return notes on what was trusted
     * @throws UserException if an op is neither allowed nor trusted; names op, node and function
     */
    static List<String> check(SavedModelFile file, FlatGraph program, TrustedOps trusted, OpDefs ops) {
        AllowedOps.check(program, trusted);
        trusted.checkNoFunctions(program);
        LoaderProgram.check(file.metaGraph(), trusted, ops);
        return trusted.findNote(program).stream().toList();
    }
}
