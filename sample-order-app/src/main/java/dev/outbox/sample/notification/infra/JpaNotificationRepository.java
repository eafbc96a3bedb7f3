package dev.outbox.sample.notification.infra;

import dev.outbox.sample.notification.domain.Notification;
import dev.outbox.sample.notification.domain.NotificationRepository;
import org.springframework.data.repository.Repository;

/** Notifications in the database. */
interface JpaNotificationRepository extends Repository<Notification, Long>, NotificationRepository {}
