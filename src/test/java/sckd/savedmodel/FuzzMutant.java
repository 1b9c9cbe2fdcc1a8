package sckd.savedmodel;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.tensorflow.proto.SavedModel;
import sckd.files.TreeCopy;

/** A model with one to three faults, the same for the same number. */
final class FuzzMutant {
    /** More than one is mostly refused for the first. */
    private static final int[] FAULTS = {1, 1, 1, 1, 2, 3};

    private final Random random;
    private final Path directory;

    private FuzzMutant(long number, Path directory) {
        random = new Random(number);
        random.nextInt(); // near seeds begin alike
        this.directory = directory;
    }

    /** Writes the mutant of this number over what is at {@code directory}. */
    static void write(List<Path> models, long number, Path directory) throws IOException {
        if (Files.exists(directory)) {
            MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
        }
        Files.createDirectories(directory);
        var mutant = new FuzzMutant(number, directory);
        TreeCopy.copy(models.get(mutant.random.nextInt(models.size())), directory, path -> true);
        for (int i = FAULTS[mutant.random.nextInt(FAULTS.length)]; i > 0; i--) {
            mutant.alter();
        }
    }

    private void alter() throws IOException {
        var index = directory.resolve("variables/variables.index");
        var data = directory.resolve("variables/variables.data-00000-of-00001");
        int kind = random.nextInt(20);
        if (kind < 3 && Files.exists(index)) {
            Files.write(index, IndexMutation.mutate(Files.readAllBytes(index), random));
        } else if (kind == 3 && Files.exists(data)) {
            Files.write(data, ByteMutation.mutate(Files.readAllBytes(data), random));
        } else {
            var program = directory.resolve("saved_model.pb");
            Files.write(program, alterProgram(Files.readAllBytes(program)));
        }
    }

    private byte[] alterProgram(byte[] program) {
        try {
            return switch (random.nextInt(12)) {
                case 0 -> ByteMutation.mutate(program, random);
                case 1, 2, 3, 4, 5, 6 ->
                    OpMutation.mutate(SavedModel.parseFrom(program), random).toByteArray();
                default -> MessageMutation.mutate(SavedModel.parseFrom(program), random);
            };
        } catch (InvalidProtocolBufferException e) {
            return ByteMutation.mutate(program, random); // altered before
        }
    }
}
