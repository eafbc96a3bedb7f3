package dev.outbox.boot;

import dev.outbox.relay.Relay;
import dev.outbox.retention.TableForecast;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import dev.outbox.store.StateStore;
import java.time.Clock;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** What is known of the outbox as a whole, where a relay runs: its user may read the table, a publisher's need not. */
@AutoConfiguration(after = OutboxRelayAutoConfiguration.class)
@ConditionalOnBean(Relay.class)
@EnableConfigurationProperties({MetricsProperties.class, HealthProperties.class})
public final class OutboxMetricsAutoConfiguration {
    @Bean
    TableSampler outboxTableSampler(
            @OutboxRelayDataSource OutboxTables tables, Relay relay, MetricsProperties properties) {
        return new TableSampler(
                StateStore.of(tables),
                Schema.outbox(tables),
                relay::published,
                properties.interval(),
                Clock.systemUTC());
    }

    @Bean
    TableMeters outboxTableMeters(TableSampler sampler, ObjectProvider<TableForecast> forecast) {
        return new TableMeters(sampler, forecast.getIfAvailable());
    }

    @Bean
    OutboxHealth outboxHealth(Relay relay, TableSampler sampler, HealthProperties limits) {
        return new OutboxHealth(relay, sampler, limits, Clock.systemUTC());
    }

    /** Where the application has health checks. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    static class Health {
        @Bean
        @ConditionalOnEnabledHealthIndicator("outbox")
        @ConditionalOnMissingBean(name = "outboxHealthIndicator")
        HealthIndicator outboxHealthIndicator(OutboxHealth health) {
            return new Boot4Health(health);
        }
    }

    /** The same on Spring Boot 3. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = Boot3Health.INDICATOR)
    @Import(HealthOnBoot3.Indicator.class)
    static class HealthOnBoot3 {
        static final class Indicator extends Boot3Health {
            Indicator(BeanFactory beans, Environment environment, ClassLoader classes) {
                super("outbox", OutboxHealth.class, beans, environment, classes);
            }
        }
    }
}
