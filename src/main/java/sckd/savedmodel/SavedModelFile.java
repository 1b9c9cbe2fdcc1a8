package sckd.savedmodel;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import sckd.UserException;

/**
 * The program of a SavedModel as its {@code saved_model.pb} holds it.
 *
 * @param path of the {@code saved_model.pb}
 * @param metaGraph the one that is read
 */
record SavedModelFile(Path path, MetaGraphDef metaGraph) {
    SavedModelFile {
        metaGraph = NewerProgram.adapt(path, metaGraph);
    }

    private static final String NAME = "saved_model.pb";

    /**
     * Reads {@code directory/saved_model.pb}.
     *
     * @param tags of the meta graph, where they are stated
     * @throws UserException if it is not there, is no SavedModel or which meta graph to read is not plain
     */
    static SavedModelFile read(Path directory, Optional<List<String>> tags) {
        checkDirectory(directory);
        var path = directory.resolve(NAME);
        var metaGraphs = parse(path, ModelFile.read(path)).getMetaGraphsList();
        return new SavedModelFile(path, MetaGraphChoice.choose(path, metaGraphs, tags));
    }

    private static void checkDirectory(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new UserException(directory + (Files.exists(directory) ? " is a file" : " does not exist")
                    + "; expected a SavedModel directory, which holds " + NAME);
        }
        if (!Files.isRegularFile(directory.resolve(NAME))) {
            throw new UserException(directory + " holds no " + NAME + "; expected a SavedModel directory"
                    + findNearby(directory)
                            .map(near -> "; there is one in " + near)
                            .orElse(""));
        }
    }

    /** A SavedModel one level below, as TensorFlow Serving keeps its versions. */
    private static Optional<Path> findNearby(Path directory) {
        try (var children = Files.list(directory)) {
            return children.filter(child -> Files.isRegularFile(child.resolve(NAME)))
                    .sorted()
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static SavedModel parse(Path path, byte[] bytes) {
        try {
            var stream = CodedInputStream.newInstance(bytes);
            stream.setSizeLimit(Integer.MAX_VALUE);
            return SavedModel.parseFrom(stream);
        } catch (InvalidProtocolBufferException e) {
            throw new UserException(
                    path + " is no SavedModel: it cannot be parsed as a protobuf; it may be damaged or cut short", e);
        } catch (IOException e) {
            throw new UserException(path + " cannot be read: " + e, e);
        }
    }

    /** Runs a step on the file's graph and puts the file's name before what the step finds wrong with it. */
    <T> T locate(Supplier<T> step) {
        try {
            return step.get();
        } catch (UserException e) {
            throw new UserException(path + ": " + e.getMessage(), e);
        }
    }
}
