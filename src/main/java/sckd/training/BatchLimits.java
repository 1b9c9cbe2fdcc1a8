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
                        "training.batch-size is %d, and a step runs it at most %d times; set training.batch-size to at most %d"
                                .formatted(batchSize, MOST_INSTANCES, size * MOST_INSTANCES));
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
                throw refuse(
                        student, size, "training.batch-size is %d; set it to at most %d".formatted(batchSize, size));
            }
            boolean isFull = batchSize == size && images % size == 0;
            if (student.model().normalizesOverBatch() && !isFull) {
                throw refuse(
                        student,
                        size,
                        "and its batch norm would count the zeros that fill up a smaller one; set training.batch-size (%d) to %d and the number of training images (%d) to a multiple of it"
                                .formatted(batchSize, size, images));
            }
        });
    }

    private static UserException refuse(NamedModel model, int size, String cure) {
        return new UserException("%s: its batch is fixed at %d, %s".formatted(model.describe(), size, cure));
    }
}
