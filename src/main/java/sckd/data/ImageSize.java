package sckd.data;

import static com.google.common.base.Preconditions.checkArgument;

/** Height and width in pixels. */
public record ImageSize(int height, int width) {
    public ImageSize {
        checkArgument(height >= 1, "size is %s; expected at least 1", height);
        checkArgument(width >= 1, "width is %s; expected at least 1", width);
    }

    @Override
    public String toString() {
        return height + "x" + width;
    }
}
