package sckd.training;

import com.google.common.collect.HashBasedTable;
import com.google.common.collect.Table;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The order that a model's classes seem to have, from what it says of labelled images.
 *
 * @param outputs for each label the prediction that stands for it; each once
 * @param right how many images are right so, of those judged: every second image, while the order was found on the others, so that it is not right
 *     by having been fitted
 */
public record ClassPermutation(List<Integer> outputs, int right, int judged) {
    private static final int FREE = -1;
    private static final double MOST = .5;

    public ClassPermutation {
        outputs = List.copyOf(outputs);
    }

    /** By the most frequent pairs of label and prediction, one after the other, each label and each prediction once. */
    public static ClassPermutation find(Predictions predictions) {
        var fitted = fit(predictions, i -> i % 2 == 0);
        int judged = 0;
        int right = 0;
        for (int i = 1; i < predictions.size(); i += 2) {
            judged++;
            right += fitted[predictions.labels()[i]] == predictions.predicted()[i] ? 1 : 0;
        }
        var outputs = Arrays.stream(fit(predictions, i -> true)).boxed().toList();
        return new ClassPermutation(outputs, right, judged);
    }

    /** Of the images that are right so, 0 to 1. */
    public double share() {
        return judged == 0 ? 0 : (double) right / judged;
    }

    /**
     * Whether more are right so than as they were predicted, and not by accident, and most of all: what a model knows of other images can be told by
     * some order, too, and is not worth teaching.
     */
    public boolean isBetterThan(Predictions predictions) {
        return share() > MOST && Predictions.isSignificant(right, judged, predictions.share());
    }

    private static int[] fit(Predictions predictions, IntPredicate isUsed) {
        var counts = HashBasedTable.<Integer, Integer, Integer>create();
        IntStream.range(0, predictions.size())
                .filter(isUsed)
                .forEach(i -> count(counts, predictions.labels()[i], predictions.predicted()[i]));
        var pairs = counts.cellSet().stream()
                .sorted(Comparator.<Table.Cell<Integer, Integer, Integer>>comparingInt(pair -> -pair.getValue())
                        .thenComparing(Table.Cell::getRowKey)
                        .thenComparing(Table.Cell::getColumnKey))
                .toList();
        var outputs = new int[predictions.classes()];
        Arrays.fill(outputs, FREE);
        var isTaken = new boolean[predictions.classes()];
        for (var pair : pairs) {
            if (outputs[pair.getRowKey()] == FREE && !isTaken[pair.getColumnKey()]) {
                outputs[pair.getRowKey()] = pair.getColumnKey();
                isTaken[pair.getColumnKey()] = true;
            }
        }
        fillUp(outputs, isTaken);
        return outputs;
    }

    private static void count(Table<Integer, Integer, Integer> counts, int label, int predicted) {
        var before = counts.get(label, predicted);
        counts.put(label, predicted, before == null ? 1 : before + 1);
    }

    /** Labels that were not met get what is left. */
    private static void fillUp(int[] outputs, boolean[] isTaken) {
        var left = new ArrayDeque<Integer>();
        IntStream.range(0, isTaken.length).filter(output -> !isTaken[output]).forEach(left::add);
        for (int label = 0; label < outputs.length; label++) {
            if (outputs[label] == FREE) {
                outputs[label] = left.remove();
            }
        }
    }
}
