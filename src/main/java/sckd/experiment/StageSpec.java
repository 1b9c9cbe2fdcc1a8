package sckd.experiment;

/**
 * A training of the student before its own, such as the hint stage of Romero et al., "FitNets: Hints for Thin Deep Nets", 2015, arXiv:1412.6550: it leaves its
 * last weights to the next, and nothing else.
 *
 * @param name unique among the stages of a student
 * @param changes what it has in place of the student's own training
 */
public record StageSpec(String name, Changes changes) {
    /**
     * What stands before the keys of a stage where a fault names them.
     *
     * @param path what stands before {@code stages}
     */
    static String path(String path, int index) {
        return path + "stages[" + index + "].";
    }
}
