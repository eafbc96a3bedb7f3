package dev.outbox.inbox.listener;

import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxConsumer;
import dev.outbox.inbox.InboxProcessor;
import dev.outbox.spi.PayloadFormat;
import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.kafka.config.ContainerPostProcessor;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DelegatingMessageListener;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.adapter.BatchMessagingMessageListenerAdapter;
import org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter;

/** Puts the inbox in front of the listener of a container. */
final class InboxContainer
        implements ContainerPostProcessor<Object, Object, AbstractMessageListenerContainer<Object, Object>> {
    private final BeanFactory beans;
    private final InboxConsumer consumer;
    private final Inbox inbox;
    private final PayloadTypes types;
    private final boolean batch;
    private final String applications;

    /** @param applications the name of the application's own post-processor of this container; empty if there is none */
    InboxContainer(
            BeanFactory beans,
            InboxConsumer consumer,
            Inbox inbox,
            PayloadTypes types,
            boolean batch,
            String applications) {
        this.beans = beans;
        this.consumer = consumer;
        this.inbox = inbox;
        this.types = types;
        this.batch = batch;
        this.applications = applications;
    }

    @Override
    public void postProcess(AbstractMessageListenerContainer<Object, Object> container) {
        if (!applications.isEmpty()) applications(container);
        ContainerProperties properties = container.getContainerProperties();
        properties.setAckMode(ContainerProperties.AckMode.BATCH);
        properties.setSyncCommits(true);
        beginWithTheOldest(properties);
        CommonErrorHandler errors = beans.getBean(FailedRecords.class).errorHandler(consumer, inbox.onFailure());
        container.setCommonErrorHandler(errors);
        properties.setMessageListener(listener(Objects.requireNonNull(properties.getMessageListener()), errors));
    }

    @SuppressWarnings("unchecked")
    private void applications(AbstractMessageListenerContainer<Object, Object> container) {
        beans.getBean(applications, ContainerPostProcessor.class).postProcess(container);
    }

    /** A group that is new would otherwise begin with what comes after it, and what was published before would be lost to it. */
    private void beginWithTheOldest(ContainerProperties properties) {
        boolean configured = beans.getBeanProvider(ConsumerFactory.class).stream()
                .anyMatch(consumers ->
                        consumers.getConfigurationProperties().containsKey(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG));
        if (!configured)
            properties.getKafkaConsumerProperties().putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    }

    @SuppressWarnings("unchecked")
    private Object listener(Object applicationsListener, CommonErrorHandler errors) {
        PayloadReader reader = new PayloadReader(types, beans.getBean(PayloadFormat.class));
        Object adapter = applicationsListener;
        while (adapter instanceof DelegatingMessageListener<?> delegating) adapter = delegating.getDelegate();
        ((MessagingMessageListenerAdapter<?, ?>) adapter).setMessageConverter(reader);
        if (adapter instanceof BatchMessagingMessageListenerAdapter<?, ?> batches)
            batches.setBatchMessageConverter(reader.ofBatches());
        Duration claim = inbox.transaction()
                ? null
                : beans.getBean(ListenerSettings.class).claim();
        InboxRecords records =
                new InboxRecords(beans.getBean(InboxProcessor.class), consumer, types::accepts, claim, errors);
        return batch
                ? new InboxBatchListener((BatchMessageListener<String, byte[]>) applicationsListener, records)
                : new InboxRecordListener((MessageListener<String, byte[]>) applicationsListener, records);
    }
}
