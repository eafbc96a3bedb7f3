package dev.outbox.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

/** Speaks instead of Spring Boot's own analyzer, which would print the value: it may be a key in the wrong place. */
final class EncryptionBindFailureAnalyzer extends AbstractFailureAnalyzer<BindException> implements Ordered {
    private static final ConfigurationPropertyName ENCRYPTION = ConfigurationPropertyName.of("outbox.encryption");

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        if (!ENCRYPTION.isAncestorOf(cause.getName())) return null;
        return new FailureAnalysis(
                "The value of %s cannot be used (it is not shown, because it may be a secret)."
                        .formatted(cause.getName()),
                "Correct it: keys are given by their ids, as in outbox.encryption.keys.2026-11.",
                cause);
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
