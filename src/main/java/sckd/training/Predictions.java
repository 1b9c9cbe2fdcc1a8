package sckd.training;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.stream.IntStream;

/**
 * What a classifier says of labelled images.
 *
 * @param labels class ids, from 0
 * @param predicted one for each of them, likewise
 */
public record Predictions(int[] labels, int[] predicted, int classes) {
    /** An outcome that is less likely than this is no accident. */
    private static final double SIGNIFICANT = 1e-3;

    /** Of accuracy, 0 to 1: less may be another library's resizing, or the training images in place of the test images. */
    private static final double FAR = .05;

    public Predictions {
        checkArgument(
                labels.length == predicted.length, "%s labels and %s predictions", labels.length, predicted.length);
    }

    public int size() {
        return labels.length;
    }

    /** How many are right. */
    public int right() {
        return (int) IntStream.range(0, size())
                .filter(i -> labels[i] == predicted[i])
                .count();
    }

    /** Top-1, 0 to 1. */
    public double share() {
        return (double) right() / size();
    }

    /**
     * The share that would be right if the same predictions were dealt out to the images at random: {@code Σ_c p_c q_c} of the shares of class c
     * among labels and predictions (the agreement by chance of Cohen, "A coefficient of agreement for nominal scales", 1960). One class for all
     * is no better than that, however frequent the class is.
     */
    public double chance() {
        var ofLabels = new int[classes];
        var ofPredictions = new int[classes];
        for (int i = 0; i < size(); i++) {
            ofLabels[labels[i]]++;
            ofPredictions[predicted[i]]++;
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += (double) ofLabels[c] * ofPredictions[c];
        }
        return sum / size() / size();
    }

    /**
     * Whether more are right than chance explains (binomial, p below 0.001), and enough to teach: twice chance, or, where that is less, chance and a
     * tenth of what is left above it.
     */
    public boolean beatsChance() {
        double chance = chance();
        double enough = Math.min(2 * chance, chance + (1 - chance) / 10);
        return share() >= enough && beats(chance);
    }

    /** Whether so many are right that an accuracy, 0 to 1, does not explain it (binomial, p below 0.001). */
    public boolean beats(double accuracy) {
        return isSignificant(right(), size(), accuracy);
    }

    static boolean isSignificant(int right, int size, double accuracy) {
        return BinomialTail.atLeast(right, size, accuracy) < SIGNIFICANT;
    }

    /** Whether they are more than 5 points below an accuracy, 0 to 1, and not by accident (binomial, p below 0.001). */
    public boolean isFarBelow(double accuracy) {
        return share() < accuracy - FAR && isSignificant(size() - right(), size(), 1 - accuracy);
    }
}
