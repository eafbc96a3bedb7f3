package dev.outbox.boot;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.outbox.format.Jackson2Format;
import dev.outbox.format.Jackson3Format;
import dev.outbox.spi.PayloadFormat;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * How payloads become bytes and objects again, for publishers and consumers alike: by the application's own mapper, of Jackson 3 before one of Jackson 2, and by a
 * mapper with Jackson's defaults where the application has none.
 */
@AutoConfiguration
public final class OutboxFormatAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    PayloadFormat outboxPayloadFormat(ListableBeanFactory beans, ResourceLoader loader) {
        ClassLoader classes = loader.getClassLoader();
        boolean jackson3 = ClassUtils.isPresent("tools.jackson.databind.ObjectMapper", classes);
        boolean jackson2 = ClassUtils.isPresent("com.fasterxml.jackson.databind.ObjectMapper", classes);
        PayloadFormat own = jackson3 ? Jackson3.ofApplication(beans) : null;
        if (own == null && jackson2) own = Jackson2.ofApplication(beans);
        if (own != null) return own;
        if (jackson3) return Jackson3.withDefaults();
        return jackson2 ? Jackson2.withDefaults(classes) : new NoPayloadFormat();
    }

    /** Loaded only where Jackson 3 is on the class path. */
    private static final class Jackson3 {
        static @Nullable PayloadFormat ofApplication(ListableBeanFactory beans) {
            ObjectMapper mapper = json(
                    beans.getBeanProvider(ObjectMapper.class),
                    candidate -> candidate.tokenStreamFactory().getFormatName());
            return mapper == null ? null : new Jackson3Format(mapper);
        }

        static PayloadFormat withDefaults() {
            return new Jackson3Format(new JsonMapper());
        }
    }

    /** Loaded only where Jackson 2 is on the class path. */
    private static final class Jackson2 {
        static @Nullable PayloadFormat ofApplication(ListableBeanFactory beans) {
            com.fasterxml.jackson.databind.ObjectMapper mapper = json(
                    beans.getBeanProvider(com.fasterxml.jackson.databind.ObjectMapper.class),
                    candidate -> candidate.getFactory().getFormatName());
            return mapper == null ? null : new Jackson2Format(mapper);
        }

        /** In what concerns others, those of Jackson 3. */
        static PayloadFormat withDefaults(@Nullable ClassLoader classes) {
            return new Jackson2Format(com.fasterxml.jackson.databind.json.JsonMapper.builder()
                    .addModules(com.fasterxml.jackson.databind.ObjectMapper.findModules(classes))
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build());
        }
    }

    /** The one that writes JSON, since there may be mappers for XML and the like; of several the primary one. */
    private static <M> @Nullable M json(ObjectProvider<M> mappers, Function<M, String> formatName) {
        List<M> found = mappers.stream()
                .filter(mapper -> formatName.apply(mapper).equals("JSON"))
                .toList();
        if (found.size() > 1) return mappers.getObject();
        return found.isEmpty() ? null : found.get(0);
    }
}
