package dev.outbox.sample.product.infra;

import dev.outbox.sample.product.domain.Product;
import dev.outbox.sample.product.domain.ProductRepository;
import org.springframework.data.repository.Repository;

/** Products in the database. */
interface JpaProductRepository extends Repository<Product, Long>, ProductRepository {}
