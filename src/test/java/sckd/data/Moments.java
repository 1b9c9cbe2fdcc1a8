package sckd.data;

/** Mean and standard deviation of one channel over all pixels of a set, in units of the full range. */
record Moments(double mean, double std) {
    static Moments of(ImageSet images, int channel) {
        double sum = 0;
        double squares = 0;
        long count = 0;
        for (int i = channel; i < images.pixels().length; i += images.channels()) {
            double value = (images.pixels()[i] & 0xFF) / 255.0;
            sum += value;
            squares += value * value;
            count++;
        }
        double mean = sum / count;
        return new Moments(mean, Math.sqrt(squares / count - mean * mean));
    }
}
