exports.seen = (res) => res.cookie('banner', 'seen');
