package sckd.savedmodel;

import static com.google.common.base.Preconditions.checkArgument;

/** The size of an image in pixels. */
public record ImageSize(int height, int width) {
    private static final int MOST = 4096;

    public ImageSize {
        checkArgument(height >= 1 && height <= MOST, "height is %s; expected 1 to %s pixels", height, MOST);
        checkArgument(width >= 1 && width <= MOST, "width is %s; expected 1 to %s pixels", width, MOST);
    }

    /** As {@code 224x160}. */
    @Override
    public String toString() {
        return height + "x" + width;
    }
}
