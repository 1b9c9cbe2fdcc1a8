package sckd.training;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import sckd.Nearest;
import sckd.UserException;
import sckd.distillation.HeadLayers;
import sckd.distillation.HeadOutput;
import sckd.distillation.NamedHead;
import sckd.savedmodel.ModelInstance;

/**
 * The auxiliary classifiers of a model.
 *
 * @param list their names are unique
 * @param trained their values, where they were trained
 */
public record ModelHeads(List<NamedHead> list, Optional<TrainedHeads> trained) {
    public static final ModelHeads NONE = untrained(List.of());

    /** Of moving averages, where nothing is stated of their model: that of PyTorch, with which the heads of TOFD were made. */
    private static final float MOMENTUM = .9f;

    public ModelHeads {
        list = List.copyOf(list);
    }

    /** As they begin. */
    public static ModelHeads untrained(List<NamedHead> list) {
        return new ModelHeads(list, Optional.empty());
    }

    /** Only a graph that is not run can do with a teacher's heads as they begin. */
    void checkTrained(NamedModel teacher) {
        checkArgument(list.isEmpty() || trained.isPresent(), "%s: its heads are not trained", teacher.describe());
    }

    /** The heads that add one of these layers. */
    private List<NamedHead> of(List<String> layers) {
        return list.stream()
                .filter(head -> head.layers().stream().anyMatch(layers::contains))
                .toList();
    }

    /** Whether a head adds this layer. */
    boolean add(String layer) {
        return list.stream().anyMatch(head -> head.layers().contains(layer));
    }

    /**
     * The layers that the model itself has to give: of those that are asked for the ones that no head adds, and those that the heads stand on.
     *
     * @throws UserException if one that is asked for can only be meant for a head that is not there
     */
    private List<String> modelLayers(NamedModel model, List<String> asked, List<NamedHead> heads) {
        var own = asked.stream().filter(layer -> !add(layer)).toList();
        own.forEach(layer -> checkNoHeads(model, layer));
        return Stream.concat(own.stream(), heads.stream().map(NamedHead::layer))
                .distinct()
                .toList();
    }

    private void checkNoHeads(NamedModel model, String layer) {
        if (layer.startsWith(NamedHead.PREFIX) && !model.model().features().containsKey(layer)) {
            var known = list.stream().flatMap(head -> head.layers().stream()).toList();
            throw new UserException("unknown layer '%s' of %s; %s"
                    .formatted(
                            layer, model.describe(), known.isEmpty() ? "it has no heads" : Nearest.hint(layer, known)));
        }
    }

    /** The layers that a student has to give for its losses and all of its heads. */
    List<String> modelLayersOfStudent(NamedModel student, List<String> asked) {
        return modelLayers(student, asked, list);
    }

    /** The layers that a teacher has to give for those that are asked for. */
    List<String> modelLayersOfTeacher(NamedModel teacher, List<String> asked) {
        return modelLayers(teacher, asked, of(asked));
    }

    /** Adds them all with training semantics. */
    List<HeadOutput> buildTraining(Ops tf, TrainingTask task, ModelInstance student) {
        float momentum = task.student().model().settings().batchNormMomentum().orElse(MOMENTUM);
        var built = new ArrayList<HeadOutput>();
        for (var head : list) {
            var feature = student.features().get(head.layer());
            built.add(head.buildTraining(scope(tf, head), feature, task.data().classes(), momentum, task.seed()));
        }
        return built;
    }

    /**
     * The instance with the layers that its heads add, of those that are asked for: frozen, their outputs behind {@code stopGradient}. Heads that are yet to be
     * trained are stood in for as they start.
     */
    ModelInstance buildFrozen(Ops tf, TrainingTask task, ModelInstance teacher, List<String> asked) {
        HeadLayers.Values values =
                trained.<HeadLayers.Values>map(heads -> heads::buildConstant).orElse(TrainedHeads::buildFirst);
        var layers = ImmutableMap.<String, Operand<TFloat32>>builder();
        for (var head : of(asked)) {
            var scope = scope(tf, head);
            var feature = teacher.features().get(head.layer());
            var tensors = head.buildFrozen(scope, feature, task.data().classes(), values, task.seed());
            layers.put(head.featureLayer(), scope.withName("feature").stopGradient(tensors.feature()));
            layers.put(head.logitsLayer(), scope.withName("logits").stopGradient(tensors.logits()));
        }
        return withLayers(teacher, layers.buildOrThrow());
    }

    /** The student's instance with the layers that its heads add. */
    static ModelInstance withLayers(ModelInstance student, List<HeadOutput> heads) {
        var layers = ImmutableMap.<String, Operand<TFloat32>>builder();
        for (var output : heads) {
            layers.put(output.head().featureLayer(), output.tensors().feature());
            layers.put(output.head().logitsLayer(), output.tensors().logits());
        }
        return withLayers(student, layers.buildOrThrow());
    }

    private static ModelInstance withLayers(ModelInstance model, Map<String, Operand<TFloat32>> layers) {
        var all = ImmutableMap.<String, Operand<TFloat32>>builder()
                .putAll(model.features())
                .putAll(layers);
        return new ModelInstance(model.logits(), all.buildKeepingLast(), model.updates());
    }

    private static Ops scope(Ops tf, NamedHead head) {
        return tf.withSubScope("head-" + head.name());
    }
}
