package dev.outbox.inbox.listener;

import dev.outbox.inbox.FailedEventPolicy;
import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxConsumer;
import dev.outbox.inbox.deadletter.Diversion;
import java.util.List;
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
    private final RedrivenRecords redrives;
    private final String applications;

    /** @param applications the name of the application's own post-processor of this container; empty if there is none */
    InboxContainer(
            BeanFactory beans,
            InboxConsumer consumer,
            Inbox inbox,
            PayloadTypes types,
            boolean batch,
            RedrivenRecords redrives,
            String applications) {
        this.beans = beans;
        this.consumer = consumer;
        this.inbox = inbox;
        this.types = types;
        this.batch = batch;
        this.redrives = redrives;
        this.applications = applications;
    }

    @Override
    public void postProcess(AbstractMessageListenerContainer<Object, Object> container) {
        if (!applications.isEmpty()) applications(container);
        ContainerProperties properties = container.getContainerProperties();
        properties.setAckMode(ContainerProperties.AckMode.BATCH);
        properties.setSyncCommits(true);
        beginWithTheOldest(properties);
        ListenerTools tools = beans.getBean(ListenerTools.class);
        Diversion diversion = tools.diversion(consumer.name());
        CommonErrorHandler errors = FailedRecords.errorHandler(
                inbox.onFailure(), tools.retries(), tools.classifiers(), diversion, tools.waiting());
        container.setCommonErrorHandler(errors);
        Object listener = Objects.requireNonNull(properties.getMessageListener());
        read(listener, new PayloadReader(types, tools.format()));
        InboxRecords records = new InboxRecords(
                tools.inbox(),
                consumer,
                types::accepts,
                inbox.transaction() ? null : tools.claim(),
                diversion,
                errors,
                tools.waiting());
        properties.setMessageListener(inFrontOf(listener, records, properties));
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

    private static void read(Object listener, PayloadReader reader) {
        Object adapter = listener;
        while (adapter instanceof DelegatingMessageListener<?> delegating) adapter = delegating.getDelegate();
        ((MessagingMessageListenerAdapter<?, ?>) adapter).setMessageConverter(reader);
        if (adapter instanceof BatchMessagingMessageListenerAdapter<?, ?> batches)
            batches.setBatchMessageConverter(reader.ofBatches());
    }

    @SuppressWarnings("unchecked")
    private Object inFrontOf(Object listener, InboxRecords records, ContainerProperties properties) {
        boolean putsAside = inbox.onFailure() != FailedEventPolicy.STOP_PARTITION;
        if (batch) {
            BatchMessageListener<String, byte[]> delegate = (BatchMessageListener<String, byte[]>) listener;
            redrives.add(
                    consumer.name(),
                    properties,
                    putsAside,
                    record -> records.redrive(record, read -> delegate.onMessage(List.of(read), null, null)));
            return new InboxBatchListener(delegate, records);
        }
        MessageListener<String, byte[]> delegate = (MessageListener<String, byte[]>) listener;
        redrives.add(
                consumer.name(),
                properties,
                putsAside,
                record -> records.redrive(record, read -> delegate.onMessage(read, null, null)));
        return new InboxRecordListener(delegate, records);
    }
}
