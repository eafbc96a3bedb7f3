package dev.outbox.sample;

import dev.outbox.test.ServerStartException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows why a server did not start, and what to do about it, instead of a stack trace. */
final class ServerStartFailureAnalyzer extends AbstractFailureAnalyzer<ServerStartException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ServerStartException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), null, cause);
    }
}
