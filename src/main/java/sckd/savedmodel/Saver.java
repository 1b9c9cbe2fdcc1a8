package sckd.savedmodel;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.train.Restore;
import org.tensorflow.op.train.Save;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * The ops by which a program saves and restores its own variables, under the names that TensorFlow gives them ({@code save/Const},
 * {@code save/control_dependency}, {@code save/restore_all}): TensorFlow Serving and the other graph-mode loaders run them by the
 * {@link SaverDef}. {@code SavedModelBundle.Exporter} would make its own, which know nothing of resource variables.
 */
record Saver(Operand<TString> bundle, Operand<TString> save, Op restore) {
    /** Adds the ops; the key of each variable is its name. */
    static Saver build(Ops tf, List<SavedVariable> variables) {
        var scoped = tf.withSubScope("save");
        Operand<TString> bundle =
                Placeholder.create(scoped.withName("Const").scope(), TString.class, Placeholder.shape(Shape.scalar()));
        var keys = buildStrings(
                scoped, variables.stream().map(each -> each.variable().name()).toList());
        var slices = buildStrings(scoped, Collections.nCopies(variables.size(), "")); // each whole
        List<Operand<?>> values = variables.stream()
                .<Operand<?>>map(each -> each.variable().value())
                .toList();
        var saved = Save.create(scoped.scope(), bundle, keys, slices, values);
        var save = scoped.withControlDependencies(List.of(saved))
                .withName("control_dependency")
                .identity(bundle);
        List<Class<? extends TType>> types = Collections.nCopies(variables.size(), TFloat32.class);
        var restored =
                Restore.create(scoped.scope(), bundle, keys, slices, types).tensors();
        var assigns = new ArrayList<Op>();
        for (int i = 0; i < variables.size(); i++) {
            var value = restored.get(i).asOutput().expect(TFloat32.class);
            assigns.add(variables.get(i).variable().buildAssign(scoped, value));
        }
        var restore =
                scoped.withControlDependencies(assigns).withName("restore_all").noOp();
        return new Saver(bundle, save, restore);
    }

    /**
     * A constant that keeps its strings apart in the program, as Python's do. {@code tf.array} would pack them into {@code tensor_content}
     * in TensorFlow's own encoding, which programs that look up a model's keys need not know.
     */
    private static Operand<TString> buildStrings(Ops tf, List<String> strings) {
        var shape = Shapes.toProto(Shape.of(strings.size()));
        var tensor = TensorProto.newBuilder().setDtype(DataType.DT_STRING).setTensorShape(shape);
        strings.forEach(each -> tensor.addStringVal(ByteString.copyFromUtf8(each)));
        return tf.scope()
                .opBuilder("Const", "Const")
                .setAttr("dtype", DataType.DT_STRING)
                .setAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
                .build()
                .output(0)
                .expect(TString.class);
    }

    SaverDef toSaverDef() {
        return SaverDef.newBuilder()
                .setFilenameTensorName(bundle.op().name() + ":0")
                .setSaveTensorName(save.op().name() + ":0")
                .setRestoreOpName(restore.op().name())
                .setVersion(SaverDef.CheckpointFormatVersion.V2)
                .build();
    }

    /** Writes the variables' values as the tensor bundle {@code prefix}. */
    void run(Session session, Path prefix) {
        try (var fed = TString.scalarOf(prefix.toString());
                var result = session.runner().feed(bundle, fed).addTarget(save).run()) {
            // the files are what was wanted
        }
    }
}
