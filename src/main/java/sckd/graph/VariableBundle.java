package sckd.graph;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.NoOp;
import org.tensorflow.op.train.Restore;
import org.tensorflow.op.train.Save;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

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
        Operand<TString> prefix = tf.placeholder(TString.class);
        var names = tf.array(variables.stream().map(Variable::name).toArray(String[]::new));
        var slices = tf.array(Collections.nCopies(variables.size(), "").toArray(String[]::new));
        List<Operand<?>> values =
                variables.stream().<Operand<?>>map(Variable::value).toList();
        var save = Save.create(tf.scope(), prefix, names, slices, values);
        List<Class<? extends TType>> types = Collections.nCopies(variables.size(), TFloat32.class);
        var restored = Restore.create(tf.scope(), prefix, names, slices, types).tensors();
        var assigns = new ArrayList<Op>();
        for (int i = 0; i < variables.size(); i++) {
            assigns.add(
                    variables.get(i).buildAssign(tf, restored.get(i).asOutput().expect(TFloat32.class)));
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
