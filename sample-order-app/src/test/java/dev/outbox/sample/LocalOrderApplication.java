package dev.outbox.sample;

import org.springframework.boot.SpringApplication;

/**
 * The order service together with the servers that it needs: what {@code mvn spring-boot:test-run} starts.
 *
 * <p>In the test sources, so that the servers do not get into the application that is shipped.
 */
final class LocalOrderApplication {
    private LocalOrderApplication() {}

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(OrderApplication.class);
        application.addListeners(new LocalServers());
        application.run(args);
    }
}
