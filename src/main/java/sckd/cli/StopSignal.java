package sckd.cli;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C and SIGTERM as a request: the training ends its step, writes a checkpoint and returns; then the Java machine exits with the signal's code
 * (130, 143).
 */
final class StopSignal implements BooleanSupplier, AutoCloseable {
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean requested;
    private volatile boolean asked;

    StopSignal(PrintStream err) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> onShutdown(err), "stop-signal"));
    }

    private void onShutdown(PrintStream err) {
        if (!asked || released.getCount() == 0) {
            return; // no step has begun, or all is done: nothing to save
        }
        err.println("\nstopping: this step is ended and a checkpoint written");
        requested = true;
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean getAsBoolean() {
        asked = true;
        return requested;
    }

    /** Lets the Java machine exit. */
    @Override
    public void close() {
        released.countDown();
    }
}
