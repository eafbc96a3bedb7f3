package dev.outbox.sample.order.api;

import dev.outbox.sample.order.application.CloseOrder;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RunsIn(ProcessRole.API)
@RestController
@RequestMapping("/api/v1/admin/orders")
@Tag(name = "Orders")
class OrderAdminController {
    private final CloseOrder closeOrder;

    OrderAdminController(CloseOrder closeOrder) {
        this.closeOrder = closeOrder;
    }

    @PostMapping("/{orderId}/complete")
    @Operation(summary = "Complete an order, whoever's it is", description = """
                    200 with the order, which counts as a sale and cannot be cancelled any more. If it was completed before, nothing more happens \
                    and the answer has the header Idempotent-Replayed: true. \
                    409 ORDER_ALREADY_CANCELLED, 404 ORDER_NOT_FOUND.""")
    ResponseEntity<OrderResponse> complete(@PathVariable UUID orderId) {
        return OrderController.closed(closeOrder.complete(orderId));
    }
}
