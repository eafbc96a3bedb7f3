package dev.outbox.sample.dataplatform.infra;

import dev.outbox.inbox.FailureClassifier;
import dev.outbox.sample.dataplatform.domain.DataPlatformAwayException;
import dev.outbox.sample.dataplatform.domain.UndeliverableEventException;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells the inbox what failures of deliveries mean. Retries are over when it hears of one, so its own would only multiply them. */
@RunsIn(ProcessRole.STREAMER)
@Component
class DataPlatformFailures implements FailureClassifier {
    @Override
    public @Nullable Meaning classify(Throwable failure) {
        if (failure instanceof DataPlatformAwayException) return Meaning.OUTAGE;
        return failure instanceof UndeliverableEventException ? Meaning.PUT_ASIDE : null;
    }
}
