package sckd.training;

import com.google.common.collect.ContiguousSet;
import com.google.common.collect.DiscreteDomain;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.Multimaps;
import com.google.common.collect.Range;
import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.Nearest;
import sckd.UserException;

/**
 * Which of a model's logits belongs to each class of the labels.
 *
 * @param positions of the model's logits, in the order of the labels' ids; empty: they are in that order
 * @param note what to tell of it
 */
public record ClassOrder(List<Integer> positions, Optional<String> note) {
    public static final ClassOrder AS_IT_IS = new ClassOrder(List.of(), Optional.empty());

    private static final int CLASS_AXIS = 1;

    public ClassOrder {
        positions = List.copyOf(positions);
    }

    /**
     * By name: letter by letter, or else by letters and digits alone, whatever their case. A model that knows more classes than the labels
     * have gives those of the labels. Where none of its names is one of theirs, the names are of another language and the order is taken as it
     * is, unless a user states them.
     *
     * @param own the model's names, in the order of its logits; empty: not known, the order is taken as it is
     * @param isStated by the user, not by the model's card
     * @param labels the names of the labels' classes, in the order of their ids
     * @throws UserException if some of the labels' classes are not among the model's, or come twice
     */
    public static ClassOrder find(String model, List<String> own, boolean isStated, List<String> labels) {
        if (own.isEmpty() || own.equals(labels)) {
            return AS_IT_IS;
        }
        var names = new Names(own);
        var missing =
                labels.stream().filter(label -> names.find(label).isEmpty()).toList();
        if (missing.size() == labels.size() && !isStated) {
            return new ClassOrder(
                    List.of(),
                    Optional.of("None of its class names is one of the data set's; their order is taken as it is."));
        }
        if (!missing.isEmpty()) {
            throw new UserException("%s: its classes lack '%s' of the data set's; %s; state `classes` in its own order"
                    .formatted(model, missing.get(0), Nearest.hint(missing.get(0), own)));
        }
        return of(labels.stream().map(label -> names.only(model, label)).toList(), model, own.size());
    }

    private static ClassOrder of(List<Integer> positions, String model, int count) {
        if (new HashSet<>(positions).size() < positions.size()) {
            throw new UserException(
                    "%s: two of the data set's classes are the same one of its own; state `classes`".formatted(model));
        }
        var inOrder = ContiguousSet.create(Range.closedOpen(0, count), DiscreteDomain.integers())
                .asList();
        return positions.equals(inOrder)
                ? AS_IT_IS
                : new ClassOrder(
                        positions,
                        Optional.of("Its logits are taken in the data set's order of classes%s."
                                .formatted(
                                        positions.size() < count
                                                ? ", %d of its %d".formatted(positions.size(), count)
                                                : "")));
    }

    /**
     * The logits in the order of the labels.
     *
     * @param logits the model's, {@code [batch, its classes]}
     * @return {@code [batch, classes]}
     */
    Operand<TFloat32> build(Ops tf, Operand<TFloat32> logits) {
        var indices = tf.constant(Ints.toArray(positions));
        return tf.gather(logits, indices, tf.constant(CLASS_AXIS));
    }

    /** Positions by name. */
    private static final class Names {
        private final ImmutableListMultimap<String, Integer> exact;
        private final ImmutableListMultimap<String, Integer> loose;

        Names(List<String> own) {
            var positions = new ArrayList<Integer>();
            for (int i = 0; i < own.size(); i++) {
                positions.add(i);
            }
            exact = Multimaps.index(positions, own::get);
            loose = Multimaps.index(positions, i -> loosely(own.get(i)));
        }

        List<Integer> find(String label) {
            return exact.containsKey(label) ? exact.get(label) : loose.get(loosely(label));
        }

        int only(String model, String label) {
            var found = find(label);
            if (found.size() > 1) {
                throw new UserException("%s: its classes have '%s' of the data set's %d times; expected once"
                        .formatted(model, label, found.size()));
            }
            return found.get(0);
        }

        /** Letters and digits; the name itself where it has neither. */
        private static String loosely(String name) {
            var letters = name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
            return letters.isEmpty() ? name : letters;
        }
    }
}
