package sckd.training;

/** Is told what a training does, as it does it: progress on a screen, a summary in a log. */
public interface TrainingListener {
    /**
     * After every step.
     *
     * @param images seen so far over the whole training
     * @param total images of the whole training
     */
    void step(StepRecord record, long images, long total);

    /** After every epoch. */
    void epoch(EpochRecord record);
}
