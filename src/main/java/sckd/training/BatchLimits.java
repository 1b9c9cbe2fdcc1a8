package sckd.training;

import sckd.UserException;

/**
 * Refuses models that take a fixed number of images at once where a training's batches do not suit it.
 *
 * @param batchSize of the training; the last batch of an epoch may have fewer images
 */
record BatchLimits(int batchSize) {
    /** A teacher is added once for each of its batches: the graph must not grow without end. */
    private static final int MOST_INSTANCES = 16;

    /** A frozen teacher treats each image by itself, so it may run several times in a step. */
    void checkTeacher(NamedModel teacher) {
        teacher.model().fixedBatch().ifPresent(size -> {
            if (batchSize > (long) size * MOST_INSTANCES) {
                throw refuse(
                        teacher,
                        size,
                        "of which a step can run %d times as many: set training.batch-size to at most %d"
                                .formatted(MOST_INSTANCES, size * MOST_INSTANCES));
            }
        });
    }

    /**
     * A student's step is one pass. Zeros that fill its batch up change nothing but the statistics of batch norm: with these every batch must be
     * full.
     *
     * @param images of an epoch
     */
    void checkStudent(NamedModel student, int images) {
        student.model().fixedBatch().ifPresent(size -> {
            if (batchSize > size) {
                throw refuse(student, size, "set training.batch-size to at most %d".formatted(size));
            }
            boolean isFull = batchSize == size && images % size == 0;
            if (student.model().normalizesOverBatch() && !isFull) {
                throw refuse(
                        student,
                        size,
                        "and its batch norm would count what fills up a smaller batch: set training.batch-size to %d and data.train-limit to a multiple of it (an epoch has %d images)"
                                .formatted(size, images));
            }
        });
    }

    private UserException refuse(NamedModel model, int size, String cure) {
        return new UserException("%s: takes %d images at once, the training's batches have %d; %s"
                .formatted(model.describe(), size, batchSize, cure));
    }
}
