package sckd.report;

import java.util.Map;

/**
 * What a run came to: {@code summary.json}, a row of a table.
 *
 * @param name of the row: the method, or the teacher
 * @param model architecture or directory
 * @param parameters numbers that training changes; moving averages are not among them
 * @param last top-1 on the test images with the last weights, 0 to 1
 * @param best top-1 on the test images of the best epoch
 * @param bestEpoch from 1; 0 where nothing was trained
 * @param bestChosenOn {@code validation} or {@code test}: which images told the best epoch; empty where nothing was trained
 * @param validation top-1 of the best epoch on the validation images; 0 where none are held out, or nothing was trained
 * @param openRates mean γ over all steps, by loss; without those of stages before
 * @param seconds of steps, evaluations and checkpoints, all stages of a student together; without what goes before the first step: reading, building, the
 *     one run of a teacher whose outputs are kept; 0 where nothing was trained
 * @param peakMemoryMebibytes largest resident memory of the process while it trained; 0 where the system does not tell
 * @param directory of the exported SavedModel
 */
public record RunSummary(
        String name,
        String model,
        long parameters,
        double last,
        double best,
        int bestEpoch,
        String bestChosenOn,
        double validation,
        Map<String, Double> openRates,
        long steps,
        double seconds,
        long peakMemoryMebibytes,
        String directory) {
    /**
     * Of a teacher that is taken as it is.
     *
     * @param model its directory
     * @param top1 on the test images
     */
    public static RunSummary ofGiven(String name, String model, long parameters, double top1) {
        return new RunSummary(name, model, parameters, top1, top1, 0, "", 0, Map.of(), 0, 0, 0, model);
    }
}
