package dev.outbox.kafka;

import dev.outbox.spi.SendException;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producer in use. One that is of no more use is closed at once, and the next send gets a new one. Safe for use by many threads.
 */
final class CurrentProducer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KafkaEventSender.class);

    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Duration youth;
    private @Nullable Producer<byte[], byte[]> current;
    private @Nullable Throwable lastFailure;
    private long grownUp;
    private boolean closed;

    /**
     * Creates the first producer.
     *
     * @param youth a producer that fails before this age, for a wrong password for instance, is replaced only when it would have reached it: the events of
     *     a batch must not cost a producer each
     */
    CurrentProducer(Supplier<Producer<byte[], byte[]>> producers, Duration youth) {
        this.producers = producers;
        this.youth = youth;
        this.current = create();
    }

    /** @throws SendException of the broker, if there is no producer and none can be created now */
    synchronized Producer<byte[], byte[]> get() {
        if (current != null) return current;
        if (closed) throw SendException.ofBroker(new IllegalStateException("The sender is closed."));
        if (lastFailure != null && grownUp - System.nanoTime() > 0) throw SendException.ofBroker(lastFailure);
        try {
            current = create();
        } catch (RuntimeException e) {
            throw SendException.ofBroker(e);
        }
        return current;
    }

    /** Takes a producer out of use, of many who ask for the same one the first. What it has under way fails. */
    void discard(Producer<byte[], byte[]> useless, Throwable failure) {
        synchronized (this) {
            if (current != useless) return;
            current = null;
            lastFailure = failure;
        }
        log.warn(
                "The Kafka producer is of no more use and is replaced; what it had under way is sent again: {}",
                failure.toString());
        // Not under the lock: it waits for the producer's thread, which may be just here.
        close(useless, Duration.ZERO);
    }

    /** Waits up to five seconds for sends under way. */
    @Override
    public void close() {
        Producer<byte[], byte[]> last;
        synchronized (this) {
            closed = true;
            last = current;
            current = null;
        }
        if (last != null) close(last, Duration.ofSeconds(5));
    }

    private Producer<byte[], byte[]> create() {
        Producer<byte[], byte[]> created = producers.get();
        grownUp = System.nanoTime() + youth.toNanos();
        return created;
    }

    private static void close(Producer<byte[], byte[]> producer, Duration patience) {
        try {
            producer.close(patience);
        } catch (RuntimeException e) {
            log.debug("A Kafka producer did not close in order.", e);
        }
    }
}
