package dev.outbox.sample;

import dev.outbox.spi.AccessControl;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/**
 * The order service together with the servers that it needs: what {@code mvn spring-boot:test-run} starts.
 *
 * <p>In the test sources, so that the servers do not get into the application that is shipped.
 */
final class LocalOrderApplication {
    private LocalOrderApplication() {}

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(OrderApplication.class, Access.class);
        application.addListeners(new LocalServers());
        application.run(args);
    }

    /** Whoever tries it out may look after its events; the demo has said so itself. */
    @Configuration(proxyBeanMethods = false)
    @Profile("!demo")
    static class Access {
        @Bean
        AccessControl localAccess() {
            return AccessControl.allowAll("local");
        }
    }
}
