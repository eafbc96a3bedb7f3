package dev.outbox.sample.dataplatform.infra;

import dev.outbox.sample.dataplatform.domain.DataPlatform;
import dev.outbox.sample.dataplatform.domain.DataPlatformAwayException;
import dev.outbox.sample.dataplatform.domain.OrderEvent;
import dev.outbox.sample.dataplatform.domain.UndeliverableEventException;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The data platform behind retries, a bulkhead and a circuit breaker, one of each, which every single call passes in this order. An event whose tries have all failed while the circuit breaker stayed closed is the one
 * to blame, because others were answered in between; one whose tries were cut off is not, unless {@link CutOffEvents} says so.
 */
@RunsIn(ProcessRole.STREAMER)
@Component
class GuardedDataPlatform implements DataPlatform {
    private static final Logger log = LoggerFactory.getLogger(GuardedDataPlatform.class);

    private final DataPlatformClient client;
    private final CircuitBreaker circuit;
    private final Bulkhead bulkhead;
    private final Retry retry;
    private final CutOffEvents cutOff;
    private final int tries;

    GuardedDataPlatform(DataPlatformClient client, CircuitBreaker circuit, DataPlatformProperties properties) {
        this.client = client;
        this.circuit = circuit;
        this.tries = properties.tries();
        this.cutOff = new CutOffEvents(tries);
        this.bulkhead = Bulkhead.of(
                circuit.getName(),
                BulkheadConfig.custom()
                        .maxConcurrentCalls(properties.maxConcurrentCalls())
                        .maxWaitDuration(properties.retryDelay())
                        .writableStackTraceEnabled(false)
                        .build());
        this.retry = Retry.of(
                circuit.getName(),
                RetryConfig.custom()
                        .maxAttempts(tries)
                        .intervalFunction(pauses(properties))
                        .retryOnException(CallFailedException.class::isInstance)
                        .build());
    }

    /** In milliseconds, after the first try, the second, and so on. */
    static IntervalFunction pauses(DataPlatformProperties properties) {
        return IntervalFunction.ofExponentialBackoff(properties.retryDelay(), 2);
    }

    /** The tries of one delivery. For one thread. */
    private final class Tries implements Runnable {
        private final OrderEvent event;
        private int made;
        private @Nullable CallFailedException last;

        Tries(OrderEvent event) {
            this.event = event;
        }

        @Override
        public void run() {
            made++;
            if (made > 1) log.info("Try {} of {} to deliver {}.", made, tries, event);
            try {
                client.post(event);
            } catch (CallFailedException e) {
                last = e;
                log.warn("Try {} of {} to deliver {} has failed: {}.", made, tries, event, e.getMessage());
                throw e;
            }
        }

        /** Whether none is left and others were answered meanwhile, so that the circuit breaker is closed. */
        private boolean haveAllFailed() {
            return made == tries && circuit.getState() == CircuitBreaker.State.CLOSED;
        }

        private RuntimeException failure() {
            if (last != null && (haveAllFailed() || cutOff.isToBlame(event.id(), made))) {
                cutOff.forget(event.id());
                return UndeliverableEventException.exhausted(event, made, last);
            }
            return new DataPlatformAwayException(event, made, last);
        }
    }

    @Override
    public void deliver(OrderEvent event) {
        Tries deliver = new Tries(event);
        try {
            retry.executeRunnable(() -> bulkhead.executeRunnable(() -> circuit.executeRunnable(deliver)));
            cutOff.answered(event.id());
        } catch (CallRefusedException e) {
            cutOff.answered(event.id());
            throw UndeliverableEventException.refused(event, e);
        } catch (CallFailedException | CallNotPermittedException | BulkheadFullException e) {
            throw deliver.failure();
        }
    }
}
