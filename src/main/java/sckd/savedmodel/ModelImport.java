package sckd.savedmodel;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import sckd.UserException;
import sckd.files.AtomicDirectory;
import sckd.files.IoReason;
import sckd.files.Nesting;

/**
 * Brings a pretrained model in: copies it unaltered, checks that it is a whole classifier of allowed ops, and records in its {@link ModelCard} where it
 * came from and what it does not say of itself. The model appears at its place whole or not at all.
 *
 * @param source a SavedModel's directory, or an archive with one SavedModel in it
 * @param target the model's new directory
 * @param stated how the model is to be read, to be kept in its card but for its trust; what is not stated is as the source's card says
 * @param accuracy as {@link ModelCard}, likewise
 */
public record ModelImport(
        Path source, Path target, ModelSettings stated, Map<String, Double> accuracy, Existing existing) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final int CLASS_AXIS = 1;

    /** Of a model whose accuracy is not stated. */
    public ModelImport(Path source, Path target, ModelSettings stated, Existing existing) {
        this(source, target, stated, Map.of(), existing);
    }

    /** What to do with a model that is at the target already. */
    public enum Existing {
        REFUSE,
        REPLACE
    }

    /** What to do with weights that are constants of the program. */
    public enum Constants {
        KEEP,
        /** They become variables in the copy, so that it can be trained. */
        TRAIN
    }

    /** Refuses a model's name that could be anything but one directory's plain name, whatever the system. */
    public static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new UserException(
                    "model name '%s': expected letters, digits, '.', '_' or '-', a letter or digit first, at most 100"
                            .formatted(UserException.shorten(name)));
        }
    }

    /** Does it, with constants as they are. */
    public ImportedModel run() {
        return run(Constants.KEEP);
    }

    /**
     * Does it.
     *
     * @throws UserException if the source is no whole, allowed classifier, the target is taken, or what is stated does not fit the model; nothing
     *     is left at the target then, or the model that was there
     */
    public ImportedModel run(Constants constants) {
        var from = ImportSource.of(source);
        checkTarget();
        var notes = new ArrayList<String>();
        AtomicDirectory.Writer writer = directory -> notes.addAll(fill(directory, from, constants));
        if (existing == Existing.REPLACE) {
            AtomicDirectory.replace(target, writer);
        } else {
            AtomicDirectory.write(target, writer);
        }
        var model = ClassifierModel.read(target, stated);
        return new ImportedModel(model, Inspection.of(target, stated), classCount(model), List.copyOf(notes));
    }

    private void checkTarget() {
        try {
            if (Files.isDirectory(source) && !isInPlace() && Nesting.contains(source, target)) {
                throw new UserException(
                        "%s: lies in the source %s; expected a place outside of it".formatted(target, source));
            }
            if (!isInPlace() && Nesting.contains(target, source)) {
                throw new UserException("%s: holds the source %s; expected another place".formatted(target, source));
            }
            boolean isModel = Files.isRegularFile(target.resolve(SavedModelSearch.PROGRAM));
            if (!isModel) {
                AtomicDirectory.checkFree(target);
            } else if (existing == Existing.REFUSE) {
                throw new UserException("%s: a model is there already; choose another name or replace it (--replace)"
                        .formatted(target));
            }
        } catch (IOException e) {
            throw IoReason.unreadable(source, e);
        }
    }

    private List<String> fill(Path directory, ImportSource from, Constants constants) throws IOException {
        var copied = from.copyTo(directory);
        var notes = new ArrayList<>(copied.notes());
        try {
            card(directory, copied).write(directory);
            if (constants == Constants.TRAIN) {
                notes.addAll(TrainableConstants.rewrite(directory, stated));
            }
        } catch (UserException e) {
            // The user knows the model by its place in the source, not by the hidden one beside the target.
            throw new UserException(
                    e.getMessage()
                            .replace(directory.toString(), copied.directory().toString()),
                    e);
        }
        return notes;
    }

    /** Reads the model and gives the card that it is to have. */
    private ModelCard card(Path directory, ImportSource.Copied copied) throws IOException {
        var model = ClassifierModel.read(directory, stated);
        var old = model.card();
        boolean keepsOrigin = isInPlace() && !old.origin().isEmpty();
        var byData = ImmutableMap.<String, Double>builder()
                .putAll(old.accuracy())
                .putAll(accuracy)
                .buildKeepingLast();
        return new ModelCard(
                keepsOrigin ? old.origin() : source.toString(),
                keepsOrigin ? old.sha256() : copied.sha256(),
                model.settings(),
                byData);
    }

    /** A model that is imported onto itself gets a new card and stays what it was. */
    private boolean isInPlace() throws IOException {
        return Files.exists(target) && Files.isSameFile(source, target);
    }

    private static int classCount(ClassifierModel model) {
        return (int) TensorTypes.infer(model.graph()).shape(model.logits()).get(CLASS_AXIS);
    }
}
