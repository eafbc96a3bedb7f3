package dev.outbox.boot;

import dev.outbox.encryption.EncryptionPolicy;
import dev.outbox.encryption.PayloadCipher;
import dev.outbox.spi.KeyRing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Keys and what is encrypted with them, for publishers and consumers alike. */
@AutoConfiguration
@EnableConfigurationProperties(EncryptionProperties.class)
public final class OutboxEncryptionAutoConfiguration {
    private static final Logger log = LoggerFactory.getLogger(OutboxEncryptionAutoConfiguration.class);

    @Bean
    @ConditionalOnBooleanProperty("outbox.encryption.enabled")
    @ConditionalOnMissingBean
    KeyRing outboxKeyRing(EncryptionProperties properties) {
        return ConfiguredKeys.ring(properties);
    }

    @Bean
    @ConditionalOnBooleanProperty("outbox.encryption.enabled")
    PayloadCipher outboxPayloadCipher(KeyRing keys) {
        return new PayloadCipher(keys);
    }

    @Bean
    EncryptionPolicy outboxEncryptionPolicy(EncryptionProperties properties, ObjectProvider<PayloadCipher> ciphers) {
        PayloadCipher cipher = ciphers.getIfAvailable();
        if (cipher != null) return EncryptionPolicy.of(cipher, properties.eventTypes(), properties.otherEventTypes());
        if (properties.hasKeys()) {
            log.warn(
                    "There are encryption keys (outbox.encryption.keys, outbox.encryption.key-files), but payloads are stored as they are:"
                            + " set outbox.encryption.enabled=true to encrypt them, or remove the keys.");
        }
        return EncryptionPolicy.off();
    }
}
