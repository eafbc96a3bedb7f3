package dev.outbox.sample.notification.api;

import dev.outbox.sample.notification.application.Notifications;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import dev.outbox.sample.user.api.CurrentUser;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RunsIn(ProcessRole.API)
@RestController
@RequestMapping("/api/v1/notifications")
@Tag(name = "Notifications")
class NotificationController {
    private final Notifications notifications;

    NotificationController(Notifications notifications) {
        this.notifications = notifications;
    }

    @GetMapping
    @Operation(
            summary = "What you were told about an order of yours",
            description = "Empty as long as the order's event is on the way, which is some milliseconds.")
    List<NotificationResponse> about(@RequestParam UUID orderId, @CurrentUser long userId) {
        return notifications.about(orderId, userId).stream()
                .map(NotificationResponse::of)
                .toList();
    }
}
