package dev.outbox.sample.mockplatform.application;

import dev.outbox.sample.mockplatform.domain.MockDelivery;

/** @param repeated whether it had been taken before */
public record TakenEvent(MockDelivery delivery, boolean repeated) {}
