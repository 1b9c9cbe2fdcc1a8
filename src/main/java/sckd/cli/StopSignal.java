package sckd.cli;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C and SIGTERM as a request. Where a training is under way, it ends its step (or the evaluation at an epoch's end), writes a checkpoint and
 * returns; then the Java machine exits with the signal's code (130, 143). Before the first step there is nothing to save: it exits at once.
 */
final class StopSignal implements BooleanSupplier, AutoCloseable {
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean requested;
    private volatile boolean asked;

    StopSignal(PrintStream err) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> onShutdown(err), "stop-signal"));
    }

    private void onShutdown(PrintStream err) {
        requested = true;
        if (!asked || released.getCount() == 0) {
            return; // no step is done, or all is
        }
        err.println("\nstopping: what is under way is ended and a checkpoint written");
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether to stop; asked after a step. */
    @Override
    public boolean getAsBoolean() {
        asked = true;
        return requested;
    }

    /** Lets the Java machine exit: once all that is to be said is said. */
    @Override
    public void close() {
        released.countDown();
    }
}
