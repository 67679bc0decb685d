#ifndef SWIFT_WS_COPENSSL_H
#define SWIFT_WS_COPENSSL_H

// OpenSSL 3, and as static inline shims what it offers as macros only. No logic lives here.

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "OpenSSL 3 is needed"
#endif

// MARK: Errors

static const int CSSL_INTERRUPTED = ERR_R_INTERRUPTED_OR_CANCELLED;

// MARK: Contexts

static const uint64_t CSSL_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t CSSL_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t CSSL_CIPHER_SERVER_PREFERENCE = SSL_OP_CIPHER_SERVER_PREFERENCE;

static inline long cssl_set_min_version(SSL_CTX *context, int version) {
    return SSL_CTX_set_min_proto_version(context, version);
}

static inline long cssl_set_max_version(SSL_CTX *context, int version) {
    return SSL_CTX_set_max_proto_version(context, version);
}

static inline long cssl_set_mode(SSL_CTX *context, long mode) {
    return SSL_CTX_set_mode(context, mode);
}

static inline long cssl_set_session_cache_mode(SSL_CTX *context, long mode) {
    return SSL_CTX_set_session_cache_mode(context, mode);
}

static inline long cssl_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
    return SSL_CTX_add0_chain_cert(context, certificate);
}

static inline long cssl_set_server_name_callback(SSL_CTX *context, int (*callback)(SSL *, int *, void *)) {
    return SSL_CTX_set_tlsext_servername_callback(context, callback);
}

// MARK: Connections

static inline long cssl_set_server_name(SSL *ssl, const char *name) {
    return SSL_set_tlsext_host_name(ssl, name);
}

static inline int cssl_is_reused(SSL *ssl) {
    return SSL_session_reused(ssl);
}

static inline const char *cssl_cipher_name(const SSL *ssl) {
    return SSL_get_cipher_name(ssl);
}

static inline void cssl_retry_read(BIO *bio) {
    BIO_set_retry_read(bio);
}

static inline void cssl_clear_retry(BIO *bio) {
    BIO_clear_retry_flags(bio);
}

// MARK: Certificates

static const unsigned long CSSL_NAME_FLAGS = XN_FLAG_RFC2253;

static inline int cssl_name_count(const GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}

static inline GENERAL_NAME *cssl_name(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}

static inline int cssl_certificate_count(const STACK_OF(X509) *certificates) {
    return sk_X509_num(certificates);
}

static inline X509 *cssl_certificate(const STACK_OF(X509) *certificates, int index) {
    return sk_X509_value(certificates, index);
}

static inline void cssl_free_certificates(STACK_OF(X509) *certificates) {
    sk_X509_pop_free(certificates, X509_free);
}

static inline long cssl_memory(BIO *bio, char **start) {
    return BIO_get_mem_data(bio, start);
}

#endif
