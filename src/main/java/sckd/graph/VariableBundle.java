package sckd.graph;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.NoOp;
import org.tensorflow.op.train.Save;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * Ops that write a list of variables to a tensor bundle, TensorFlow's checkpoint files ({@code PREFIX.index}, {@code PREFIX.data-…}), and read
 * them back, each under its name.
 */
public final class VariableBundle {
    private final Operand<TString> prefix;
    private final Op save;
    private final Op restore;

    private VariableBundle(Operand<TString> prefix, Op save, Op restore) {
        this.prefix = prefix;
        this.save = save;
        this.restore = restore;
    }

    /** Adds the ops. */
    public static VariableBundle build(Ops tf, List<Variable> variables) {
        return build(tf, variables, List.of());
    }

    /** Adds the ops, for states as well. */
    public static VariableBundle build(Ops tf, List<Variable> variables, List<StateVariable> states) {
        Operand<TString> prefix = tf.placeholder(TString.class);
        var names = tf.array(Stream.concat(
                        variables.stream().map(Variable::name), states.stream().map(StateVariable::name))
                .toArray(String[]::new));
        int count = variables.size() + states.size();
        var slices = tf.array(Collections.nCopies(count, "").toArray(String[]::new));
        var values = new ArrayList<Operand<?>>();
        variables.forEach(variable -> values.add(variable.value()));
        states.forEach(state -> values.add(state.value()));
        var save = Save.create(tf.scope(), prefix, names, slices, values);
        var types = new ArrayList<>(Collections.nCopies(variables.size(), DataType.DT_FLOAT));
        states.forEach(state -> types.add(state.dtype()));
        // Restore.create wants a Java class for each type, and not every type has one
        var restored = tf.scope()
                .opBuilder("RestoreV2", "Restore")
                .addInput(prefix.asOutput())
                .addInput(names.asOutput())
                .addInput(slices.asOutput())
                .setAttr("dtypes", types.toArray(DataType[]::new))
                .build();
        var assigns = new ArrayList<Op>();
        for (int i = 0; i < variables.size(); i++) {
            assigns.add(variables.get(i).buildAssign(tf, restored.output(i).expect(TFloat32.class)));
        }
        for (int i = 0; i < states.size(); i++) {
            assigns.add(states.get(i).buildAssign(tf, restored.output(variables.size() + i)));
        }
        var restore = NoOp.create(tf.withControlDependencies(assigns).scope());
        return new VariableBundle(prefix, save, restore);
    }

    /** Writes the bundle's files; their directory must exist. */
    public void save(Session session, Path bundle) {
        run(session, save, bundle);
    }

    /** Sets every variable from the bundle's files. */
    public void restore(Session session, Path bundle) {
        run(session, restore, bundle);
    }

    private void run(Session session, Op target, Path bundle) {
        try (var fed = TString.scalarOf(bundle.toAbsolutePath().toString());
                var result =
                        session.runner().feed(prefix, fed).addTarget(target).run()) {
            // the target's effect is what was wanted
        }
    }
}
