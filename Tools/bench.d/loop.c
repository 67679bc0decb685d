// The least work a WebSocket echo can do, to measure against: one thread, epoll, the frames turned round in place; over TLS
// with OpenSSL and a pair of memory BIOs a connection. It trusts its peer to send whole masked frames that make sense, and
// checks nothing.
//
//     cc -O2 -o loop loop.c -lssl -lcrypto && ./loop PORT [CERT KEY]

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024, EVENTS = 256 };

typedef struct {
    int fd, open, closing;
    SSL *ssl;  // NULL in the clear
    BIO *in, *out;
    uint8_t *plain;  // a frame that has not arrived whole
    size_t plain_count, plain_room;
} Connection;

static uint8_t cipher[CHUNK], plain[CHUNK + 1], replies[CHUNK];
static size_t replies_count;  // in the clear: what one read has to be answered with

// Waits if need be: what is measured never fills the socket for long.
static int send_all(Connection *c, const void *start, size_t count) {
    for (size_t sent = 0; sent < count;) {
        ssize_t n = send(c->fd, (const char *)start + sent, count - sent, MSG_NOSIGNAL);
        if (n > 0) sent += n;
        else if (n < 0 && errno == EAGAIN) usleep(50);
        else return 0;
    }
    return 1;
}

// Sends all there is.
static int flush(Connection *c) {
    char *start = (char *)replies;
    size_t count = c->ssl ? (size_t)BIO_get_mem_data(c->out, &start) : replies_count;
    replies_count = 0;
    if (!send_all(c, start, count)) return 0;
    if (c->ssl && count > 0) BIO_reset(c->out);
    return 1;
}

static void reply(Connection *c, const void *start, size_t count) {
    if (c->ssl) {
        SSL_write(c->ssl, start, count);
    } else if (count > CHUNK - replies_count) {
        flush(c);
        send_all(c, start, count);
    } else {
        memcpy(replies + replies_count, start, count);
        replies_count += count;
    }
}

static void answer(Connection *c, const char *head) {
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char text[128], response[256];
    unsigned char digest[EVP_MAX_MD_SIZE], accept[64];
    unsigned length;
    const char *key = strcasestr(head, "sec-websocket-key:");
    if (!key) return;
    key += 18 + strspn(key + 18, " ");
    snprintf(text, sizeof text, "%.24s%s", key, guid);
    EVP_Digest(text, strlen(text), digest, &length, EVP_sha1(), NULL);
    EVP_EncodeBlock(accept, digest, length);
    int count = snprintf(response, sizeof response,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
    reply(c, response, count);
    c->open = 1;
}

static void unmask(uint8_t *payload, uint64_t count, uint32_t key) {
    uint64_t wide = (uint64_t)key << 32 | key, word, i = 0;
    for (; i + 8 <= count; i += 8) {
        memcpy(&word, payload + i, 8);
        word ^= wide;
        memcpy(payload + i, &word, 8);
    }
    for (; i < count; i++) payload[i] ^= key >> 8 * (i & 3);
}

// Echoes the whole frames, and returns how many bytes they were.
static size_t echo(Connection *c, uint8_t *bytes, size_t count) {
    size_t done = 0;
    while (count - done >= 6) {
        uint8_t *frame = bytes + done;
        uint64_t length = frame[1] & 127, head = 6;
        if (length == 126) length = (uint64_t)frame[2] << 8 | frame[3], head = 8;
        else if (length == 127) {
            if (count - done < 14) break;
            length = 0, head = 14;
            for (int i = 2; i < 10; i++) length = length << 8 | frame[i];
        }
        if (count - done < head + length) break;
        uint32_t key;
        memcpy(&key, frame + head - 4, 4);
        unmask(frame + head, length, key);
        // The header moves up to the payload, over the key.
        memmove(frame + 4, frame, head - 4);
        frame[5] &= 127;
        if ((frame[4] & 15) == 8) c->closing = 1;
        reply(c, frame + 4, head - 4 + length);
        done += head + length;
    }
    return done;
}

static void take(Connection *c, uint8_t *bytes, size_t count) {
    if (!c->open) {
        bytes[count] = 0;
        answer(c, (char *)bytes);
        return;
    }
    if (c->plain_count == 0) {
        size_t done = echo(c, bytes, count);
        bytes += done, count -= done;
    }
    if (count > 0) {
        if (c->plain_room < c->plain_count + count) {
            c->plain_room = 2 * (c->plain_count + count);
            c->plain = realloc(c->plain, c->plain_room);
        }
        memcpy(c->plain + c->plain_count, bytes, count);
        c->plain_count += count;
        size_t done = echo(c, c->plain, c->plain_count);
        memmove(c->plain, c->plain + done, c->plain_count - done);
        c->plain_count -= done;
    }
}

static int serve(Connection *c) {
    if (!c->ssl) {
        ssize_t count = recv(c->fd, plain, CHUNK, 0);
        if (count < 0 && errno == EAGAIN) return 1;
        if (count <= 0) return 0;
        take(c, plain, count);
        return flush(c) && !c->closing;
    }
    ssize_t count = recv(c->fd, cipher, sizeof cipher, 0);
    if (count < 0 && errno == EAGAIN) return 1;
    if (count <= 0) return 0;
    BIO_write(c->in, cipher, count);
    size_t filled = 0;
    int n;
    while ((n = SSL_read(c->ssl, plain + filled, CHUNK - filled)) > 0)
        if ((filled += n) == CHUNK) take(c, plain, filled), filled = 0;
    int reason = SSL_get_error(c->ssl, n);  // before writing, which forgets it
    if (filled > 0) take(c, plain, filled);
    return flush(c) && !c->closing && (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE);
}

int main(int argc, char **argv) {
    if (argc != 2 && argc != 4) return fprintf(stderr, "usage: loop PORT [CERT KEY]\n"), 2;
    SSL_CTX *context = argc == 4 ? SSL_CTX_new(TLS_server_method()) : NULL;
    if (context) {
        SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
        if (SSL_CTX_use_certificate_chain_file(context, argv[2]) != 1 || SSL_CTX_use_PrivateKey_file(context, argv[3], SSL_FILETYPE_PEM) != 1)
            return fprintf(stderr, "loop: the certificate or the key cannot be used\n"), 1;
    }
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) return perror("loop"), 1;
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.ptr = NULL});
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(poll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            Connection *c = events[i].data.ptr;
            if (!c) {
                int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                if (fd < 0) continue;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                c = calloc(1, sizeof *c);
                c->fd = fd;
                if (context) {
                    c->ssl = SSL_new(context), c->in = BIO_new(BIO_s_mem()), c->out = BIO_new(BIO_s_mem());
                    SSL_set_bio(c->ssl, c->in, c->out);
                    SSL_set_accept_state(c->ssl);
                }
                epoll_ctl(poll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = c});
            } else if (!serve(c)) {
                close(c->fd);
                if (c->ssl) SSL_free(c->ssl);
                free(c->plain);
                free(c);
            }
        }
    }
}
