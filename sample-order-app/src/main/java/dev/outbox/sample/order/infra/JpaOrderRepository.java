package dev.outbox.sample.order.infra;

import dev.outbox.sample.order.domain.Order;
import dev.outbox.sample.order.domain.OrderRepository;
import java.util.UUID;
import org.springframework.data.repository.Repository;

/** Orders in the database. */
interface JpaOrderRepository extends Repository<Order, UUID>, OrderRepository {}
