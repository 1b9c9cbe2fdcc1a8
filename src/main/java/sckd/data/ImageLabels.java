package sckd.data;

import java.util.List;

/** Images and the class id of each. */
record ImageLabels(List<EncodedImage> images, List<Integer> labels) {
    ImageFiles toFiles(ImageFrame frame) {
        return new ImageFiles(
                images, labels.stream().mapToInt(Integer::intValue).toArray(), frame);
    }
}
