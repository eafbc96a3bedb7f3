package dev.outbox.sample;

import java.util.Map;
import org.springframework.boot.SpringApplication;

/**
 * The order service together with the servers that it needs: what {@code mvn spring-boot:test-run} starts.
 *
 * <p>In the test sources, so that the servers do not get into the application that is shipped.
 */
public final class LocalOrderApplication {
    /** Who may look after products, orders and events: everybody who reads the guide. */
    public static final String ADMIN_EMAIL = "admin@example.com";

    public static final String ADMIN_PASSWORD = "admin of this machine";

    private LocalOrderApplication() {}

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(OrderApplication.class);
        application.setDefaultProperties(Map.of(
                "sample.admin.email", ADMIN_EMAIL,
                "sample.admin.password", ADMIN_PASSWORD,
                "sample.guide.admin", "%s, password: %s".formatted(ADMIN_EMAIL, ADMIN_PASSWORD)));
        application.addListeners(new LocalServers());
        application.run(args);
    }
}
