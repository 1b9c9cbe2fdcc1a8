package sckd.data;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TUint8;
import sckd.UserException;

/**
 * The pixels of a set that is read from its files: fed to each batch, decoded by as many threads as there are processors, some batches ahead. What a sample shows
 * follows from its index and its random numbers alone, whichever thread decodes it, in whichever batch.
 */
final class StreamedPixels implements AutoCloseable {
    private static final int BATCHES_AHEAD = 4;

    private final ImageFiles images;
    private final AugmentationChain chain;
    private final Placeholder<TUint8> own;
    private final Placeholder<TUint8> others;
    /** Not before the first batch: a graph may be built that never runs. */
    private final Supplier<Workers> workers = Suppliers.memoize(Workers::new);

    private boolean started;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private Iterator<int[]> upcoming = List.<int[]>of().iterator();
    /** Of the epoch, row by row; empty: not drawn yet, and not needed. */
    private float[] draws = {};

    private final class Workers {
        private final ImageDecoder decoder = new ImageDecoder(images.channels());
        private final ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), task -> {
                    var thread = new Thread(task, "image-reader");
                    thread.setDaemon(true);
                    return thread;
                });

        Workers() {
            started = true;
        }
    }

    private record Pending(int[] samples, byte[] own, byte[] others, CompletableFuture<Void> done) {}

    StreamedPixels(Ops tf, ImageFiles images, AugmentationChain chain) {
        this.images = images;
        this.chain = chain;
        var shape = Placeholder.shape(Shape.of(-1, images.height(), images.width(), images.channels()));
        own = tf.withName("own-pixels").placeholder(TUint8.class, shape);
        others = tf.withName("other-pixels").placeholder(TUint8.class, shape);
    }

    /** Those of the samples. */
    Operand<TUint8> own() {
        return own;
    }

    /** Those of the images that are mixed in. */
    Operand<TUint8> others() {
        return others;
    }

    /** Whether decoding needs the random numbers. */
    boolean needsDraws() {
        return chain.mix().isPresent() || chain.decodedCrop().isPresent();
    }

    /** @param table the epoch's random numbers, row by row */
    void startEpoch(float[] table) {
        forget();
        draws = table;
    }

    /** The batches that will be asked for, in this order: they are read ahead. */
    void expect(List<int[]> batches) {
        forget();
        upcoming = batches.iterator();
        readAhead();
    }

    /** What was read ahead, or is being read, is of other batches or another epoch. */
    private void forget() {
        upcoming = List.<int[]>of().iterator();
        pending.forEach(batch -> batch.done.handle((done, fault) -> null).join());
        pending.clear();
    }

    private void readAhead() {
        while (pending.size() < BATCHES_AHEAD && upcoming.hasNext()) {
            pending.add(start(upcoming.next()));
        }
    }

    /**
     * Feeds the pixels of a batch.
     *
     * @throws UserException if a file cannot be read
     */
    void feed(Session.Runner runner, int[] samples, FedTensors fed) {
        if (pending.isEmpty() || !Arrays.equals(pending.peek().samples, samples)) {
            forget();
            pending.add(start(samples));
        }
        var batch = pending.remove();
        readAhead(); // before it waits
        try {
            batch.done.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof UserException fault ? fault : e;
        }
        runner.feed(own, fed.add(tensor(batch.samples.length, batch.own)));
        if (chain.mix().isPresent()) {
            runner.feed(others, fed.add(tensor(batch.samples.length, batch.others)));
        }
    }

    private TUint8 tensor(int count, byte[] pixels) {
        var shape = Shape.of(count, images.height(), images.width(), images.channels());
        return TUint8.tensorOf(shape, DataBuffers.of(pixels, true, false));
    }

    private Pending start(int[] samples) {
        int size = images.imageBytes();
        boolean mixed = chain.mix().isPresent();
        var ownPixels = new byte[Math.multiplyExact(samples.length, size)];
        var otherPixels = new byte[mixed ? ownPixels.length : 0];
        var tasks = new CompletableFuture<?>[samples.length];
        for (int i = 0; i < samples.length; i++) {
            int sample = samples[i];
            int offset = i * size;
            tasks[i] = CompletableFuture.runAsync(
                    () -> {
                        read(sample, ownPixels, offset);
                        if (mixed) {
                            read(chain.partner(draws, sample, images.size()), otherPixels, offset);
                        }
                    },
                    workers.get().threads);
        }
        return new Pending(samples, ownPixels, otherPixels, CompletableFuture.allOf(tasks));
    }

    private void read(int sample, byte[] target, int offset) {
        Optional<ImageWindow.Choice> random =
                chain.decodedCrop().map(crop -> ImageWindow.random(crop, draws, sample * chain.draws()));
        workers.get()
                .decoder
                .read(
                        images.images().get(sample),
                        images.frame(),
                        random.orElseGet(() -> ImageWindow.middle(images.frame())),
                        target,
                        offset);
    }

    @Override
    public void close() {
        forget();
        if (started) {
            workers.get().threads.shutdown();
            workers.get().decoder.close();
        }
    }
}
