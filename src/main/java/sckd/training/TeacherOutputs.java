package sckd.training;

import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/** What a frozen teacher says of every training image, each as it is shown. */
record TeacherOutputs(Values logits, Map<String, Values> features) {
    /**
     * One tensor of the teacher.
     *
     * @param shape of one image's
     * @param views for each way of showing the images, all images' rows
     */
    record Values(Shape shape, List<float[]> views) {
        Values {
            views = List.copyOf(views);
        }

        long bytes() {
            return views.stream()
                    .mapToLong(rows -> (long) rows.length * Float.BYTES)
                    .sum();
        }
    }
}
